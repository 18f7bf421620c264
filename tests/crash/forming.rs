//! A region whose maker was killed while formatting it: nobody takes it for a region, and it can be formatted again.

use cohabit::{OpenError, Region};
use cohabit_tests::stage::{self, State};

use super::common::{NEVER, killed_after};

/// Returns how many deaths there were.
pub fn formatting_killed_after_every_store() -> u64 {
    let format = |memory: &mut [u64], state: State, stores| {
        killed_after(stores, || {
            state.config().format(bytemuck::cast_slice_mut(memory)).map(|_: Region<'_>| ())
        })
    };
    let mut deaths = 0;
    for state in [State::Empty, State::Typical] {
        // Over memory never used, over what somebody left there, and over an earlier region.
        let mut earlier = vec![0; state.words()];
        format(&mut earlier, state, NEVER).unwrap().0.unwrap();
        for before in [vec![0; state.words()], vec![0xa5a5_a5a5_a5a5_a5a5; state.words()], earlier] {
            let was_region = stage::opens(&mut before.clone()).is_ok();
            for stores in 0.. {
                let mut memory = before.clone();
                if format(&mut memory, state, stores).is_some() {
                    break;
                }
                deaths += 1;
                match stage::opens(&mut memory) {
                    Err(OpenError::NotARegion | OpenError::BeingFormatted) => {}
                    Ok(()) if was_region && memory == before => {}
                    other => panic!("formatting killed after store {stores}, and opening says {other:?}"),
                }
                format(&mut memory, state, NEVER).unwrap().0.unwrap();
                assert_eq!(stage::opens(&mut memory), Ok(()), "formatted again");
            }
        }
    }
    deaths
}
