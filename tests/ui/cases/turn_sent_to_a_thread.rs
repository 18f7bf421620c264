//! A turn stays on the thread, and the core, that took it.
use cohabit::Turn;

fn needs_send<T: Send>(_: T) {}

fn send(turn: Turn<'static>) {
    needs_send(turn);
}

fn main() {}
