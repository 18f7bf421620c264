// An RP2040 with both of its cores: rp2040js brings the chip and one core, this adds the other.
//
// The cores take steps of one instruction each, in an order drawn from a seed: the same seed, the same run. Every
// interleaving of whole instructions can come up; what cannot is one core seeing the other's stores out of order, which
// the real chip (no caches, no store buffers that matter) does not show either.
//
//   added here                       as on the chip
//   a CortexM0Core on the same bus   own registers, own interrupt controller
//   SIO: CPUID, divider              each core sees its own
//   SIO: two FIFOs, 8 deep           with their status and interrupt; spinlocks are rp2040js's own
//   SEV                              sets the event of both cores
//   PSM: FRCE_OFF.proc1              holds core 1 in reset; let go, it waits in the boot ROM
//   boot ROM of core 1               0, 0, 1, vector table, stack, entry: each word echoed, then it runs
//   MPU registers                    take writes, read 0, guard nothing
//   BKPT 0xAB                        semihosting: SYS_GET_CMDLINE, SYS_EXIT, SYS_EXIT_EXTENDED
//
// And what no chip has: BKPT 0xC0 on core 1 asks to be frozen before a store to come, as by a debugger's watchpoint.
//
//   r0 stores to let pass   r1, r2 memory they are counted in: address, length   r3 address of a word: 1 is put there
//   BKPT 0xC1               never mind; the stores that were counted, in r0
import { createRequire } from 'node:module';

const { RP2040 } = createRequire(process.env.RP2040JS ?? import.meta.url)('rp2040js');

const FLASH = 0x10000000;
const SRAM = 0x20000000;
const VECTORS = 0x10000100; // behind the second-stage boot loader, which has nothing to do here
const CPUID = 0x00, FIFO_ST = 0x50, FIFO_WR = 0x54, FIFO_RD = 0x58; // SIO
const FRCE_OFF = 0x04, PROC1 = 1 << 16; // PSM
const FIFO_DEPTH = 8;
const SIO_IRQ = 15; // of core 0; core 1's is the next
const NANOS_A_STEP = 50; // as if at 10 MHz each: firmware that waits for a time gets there in fewer steps

const FREEZE = Symbol('stop before this store');

export class TwoCores {
  /** `onText(core, line)` gets what core 0 says on UART0 and core 1 on UART1; `onTrouble(text)` what no firmware should do. */
  constructor(elf, seed, { words, onText, onTrouble, hangAt }) {
    this.words = words; // the command line
    this.hangAt = hangAt; // core 1 stands still after so many instructions, until it is reset
    this.random = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
    this.burst = [1, 7, 63][seed % 3]; // how seldom the cores change over: on average every 2, 8, 64 instructions
    this.current = 0;
    this.steps = [0, 0];
    this.changeovers = 0;
    this.status = null;
    this.mcu = new RP2040();
    this.cores = [this.mcu.core, new this.mcu.core.constructor(this.mcu)];
    this.fifos = [[], []]; // fifos[i]: words on their way to core i
    this.frozen = false; // core 1 stands still until it is reset
    this.rom = []; // words core 1 has been given since its reset; null when it has left the boot ROM

    // Registers that rp2040js lacks matter to nobody here; an address where nothing is does.
    const trouble = (name, text) => name === 'RP2040' && onTrouble(`core ${this.current}: ${text}; ${this.where()}`);
    const info = (_, text) => text === 'SEV' && this.#sendEvent();
    this.mcu.logger = { debug() {}, info, warn: trouble, error: trouble };
    this.mcu.onBreak = (code) => this.#breakpoint(code, onTrouble);
    this.mcu.setInterrupt = (irq, on) => this.cores.forEach((core) => core.setInterrupt(irq, on));
    this.mcu.uart.forEach((uart, core) => {
      let line = '';
      uart.onByte = (byte) => {
        if (byte === 13) return;
        if (byte !== 10) line += String.fromCharCode(byte);
        else onText(core, line), (line = '');
      };
    });
    this.#sio();
    this.#psm();
    this.#mpu();
    this.#load(elf);
  }

  /** Runs until the firmware exits or `expired` says so. Returns its exit status, or null. */
  run(expired) {
    const { mcu, cores } = this;
    while (this.status === null && !expired(this.steps[0] + this.steps[1])) {
      for (let i = 0; i < 4096 && this.status === null; i++) {
        if (!this.#choose()) return null;
        const core = cores[this.current];
        mcu.core = core;
        try {
          core.executeInstruction();
        } catch (why) {
          if (why !== FREEZE) throw why;
          this.frozen = true;
        }
        if (++this.steps[this.current] === this.hangAt && this.current === 1) this.frozen = true;
        mcu.clock.tick(NANOS_A_STEP);
      }
    }
    return this.status;
  }

  /** Draws whose step is next; false when no core will ever take one. */
  #choose() {
    this.random ^= this.random << 13;
    this.random ^= this.random >>> 17;
    this.random ^= this.random << 5;
    const other = 1 - this.current;
    const idle = (core) => this.cores[core].waiting || (core === 1 && (this.frozen || this.rom !== null));
    if (idle(this.current) || ((this.random >>> 8) & this.burst) === 0) {
      if (!idle(other)) {
        this.current = other;
        this.changeovers++;
      }
    }
    while (idle(this.current)) {
      const nanos = this.mcu.clock.nanosToNextAlarm;
      if (!(nanos > 0)) return false;
      this.mcu.clock.tick(nanos);
      if (!idle(other)) this.current = other;
    }
    return true;
  }

  #sendEvent() {
    for (const core of this.cores) {
      core.eventRegistered = !core.waiting;
      core.waiting = false;
    }
  }

  /** A semihosting exit ends the run; anything else that stops a core without a debugger is a fault. */
  #breakpoint(code, onTrouble) {
    const { registers } = this.cores[this.current];
    const [operation, block] = registers;
    if (code === 0xab && operation === 0x15) registers[0] = this.#commandLine(block);
    else if (code === 0xab && operation === 0x18) this.status = block === 0x20026 ? 0 : 1;
    else if (code === 0xab && operation === 0x20) this.status = this.mcu.readUint32(block + 4);
    else if (code === 0xc0 && this.current === 1) this.#freezeAfter(...registers);
    else if (code === 0xc1 && this.current === 1) registers[0] = this.#neverMind();
    else onTrouble(`a panic, or another instruction that is none: ${this.where()}`);
  }

  /** Puts the command line where the block says: address, length; 0 if it fits. */
  #commandLine(block) {
    const text = Buffer.from(`${this.words}\0`, 'latin1');
    if (text.length > this.mcu.readUint32(block + 4)) return -1;
    const to = this.mcu.readUint32(block);
    text.forEach((byte, i) => this.mcu.writeUint8(to + i, byte));
    this.mcu.writeUint32(block + 4, text.length - 1);
    return 0;
  }

  /** From now on core 1 counts its stores to some memory, and freezes before the one after `stores` of them. */
  #freezeAfter(stores, start, length, flag) {
    const { mcu } = this;
    const core = this.cores[1];
    this.stored = 0;
    for (const store of ['writeUint8', 'writeUint16', 'writeUint32']) {
      core[store] = (at, value) => {
        if (at >>> 0 >= start && at >>> 0 < start + length && this.stored++ === stores) {
          mcu.writeUint32(flag, 1);
          throw FREEZE;
        }
        mcu[store](at, value);
      };
    }
  }

  #neverMind() {
    for (const store of ['writeUint8', 'writeUint16', 'writeUint32']) delete this.cores[1][store];
    return this.stored;
  }

  #sio() {
    const { sio } = this.mcu;
    const read = sio.readUint32.bind(sio), write = sio.writeUint32.bind(sio);
    sio.readUint32 = (at) => {
      const mine = this.fifos[this.current], theirs = this.fifos[1 - this.current];
      if (at === CPUID) return this.current;
      if (at === FIFO_ST) return (mine.length > 0 ? 1 : 0) | (theirs.length < FIFO_DEPTH ? 2 : 0);
      if (at !== FIFO_RD) return read(at);
      const word = mine.shift() ?? 0;
      this.#interrupt(this.current);
      return word;
    };
    sio.writeUint32 = (at, word) => {
      if (at === FIFO_ST) return;
      if (at !== FIFO_WR) return write(at, word);
      if (this.current === 0 && this.rom !== null) this.#bootRom(word >>> 0);
      else this.#push(1 - this.current, word);
    };
    for (const name of ['divDividend', 'divDivisor', 'divQuotient', 'divRemainder', 'divCSR']) {
      const own = [sio[name], sio[name]];
      Object.defineProperty(sio, name, { get: () => own[this.current], set: (value) => (own[this.current] = value) });
    }
  }

  #push(to, word) {
    if (this.fifos[to].length < FIFO_DEPTH) this.fifos[to].push(word);
    this.#interrupt(to);
  }

  #interrupt(core) {
    this.cores[core].setInterrupt(SIO_IRQ + core, this.fifos[core].length > 0);
  }

  /** Core 1 in its boot ROM gets a word: it echoes it, and starts over when it does not fit the sequence. */
  #bootRom(word) {
    const expected = [0, 0, 1][this.rom.length];
    const fits = expected === undefined || word === expected;
    this.rom = fits ? [...this.rom, word] : word === 0 ? [0] : [];
    this.#push(0, fits ? word : 0);
    this.#sendEvent();
    if (this.rom.length < 6) return;
    const [, , , vectors, stack, entry] = this.rom;
    Object.assign(this.cores[1], { VTOR: vectors, SP: stack, PC: entry & ~1 });
    this.rom = null;
  }

  #psm() {
    const psm = this.mcu.peripherals[0x40010];
    const write = psm.writeUint32.bind(psm);
    psm.writeUint32 = (at, word) => {
      const was = psm.frceOff & PROC1;
      write(at, word);
      const is = psm.frceOff & PROC1;
      if (at !== FRCE_OFF || was === is) return;
      // In reset, and then in the boot ROM: nothing is left of it, in the middle of whatever it was doing.
      this.cores[1] = new this.mcu.core.constructor(this.mcu);
      this.rom = [];
      this.frozen = false;
      this.fifos[1] = [];
      if (!is) this.#push(0, 0); // the boot ROM says that it is there
    };
  }

  #mpu() {
    const { ppb } = this.mcu;
    const read = ppb.readUint32.bind(ppb), write = ppb.writeUint32.bind(ppb);
    const mpu = (at) => at >= 0xd90 && at < 0xdb0;
    ppb.readUint32 = (at) => (mpu(at) ? 0 : read(at));
    ppb.writeUint32 = (at, word) => mpu(at) || write(at, word);
  }

  #load({ segments, functions }) {
    this.functions = functions;
    // SRAM comes up with noise in it.
    for (let at = 0; at < this.mcu.sram.length; at++) this.mcu.sram[at] = Math.imul(at ^ this.random, 0x9e3779b1) >>> 24;
    for (const { address, bytes } of segments) {
      const [memory, base] = address >= SRAM ? [this.mcu.sram, SRAM] : [this.mcu.flash, FLASH];
      memory.set(bytes, address - base);
    }
    this.cores[0].VTOR = VECTORS;
    this.cores[0].reset();
  }

  /** Where each core is, in words. */
  where() {
    const place = (core, i) => {
      if (i === 1 && this.rom !== null) return 'in the boot ROM';
      const { name, address } = this.functions.findLast(({ address }) => address <= core.PC) ?? { name: 'nowhere', address: 0 };
      return `in ${name} + ${core.PC - address}${core.waiting ? ', waiting for an event' : ''}${i === 1 && this.frozen ? ', frozen' : ''}`;
    };
    return this.cores.map((core, i) => `core ${i} ${place(core, i)}`).join('; ');
  }
}
