//! Giving up what is no longer needed.

use rustix::thread::{CapabilitySet, CapabilitySets, clear_ambient_capability_set, set_capabilities, set_no_new_privs};

use super::LiveError;

/// Gives up every capability, for good, and with `PR_SET_NO_NEW_PRIVS` what programs started later could bring back.
/// Sources that are open go on; files are then opened by the rights of their owner and mode only.
///
/// Capabilities belong to threads: this gives up those of the calling thread and of the threads that it starts
/// afterwards. Call it where no other threads run yet.
///
/// # Errors
/// [`LiveError::System`] where the kernel refuses.
pub fn drop_privileges() -> Result<(), LiveError> {
    set_no_new_privs(true).map_err(LiveError::system("PR_SET_NO_NEW_PRIVS"))?;
    clear_ambient_capability_set().map_err(LiveError::system("clearing the ambient capabilities"))?;
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_capabilities(None, sets).map_err(LiveError::system("giving up capabilities"))
}

#[cfg(test)]
mod tests {
    use rustix::thread::{capabilities, no_new_privs};

    use super::*;

    #[test]
    fn nothing_is_left() {
        let dropped = std::thread::spawn(|| {
            drop_privileges().unwrap();
            let left = capabilities(None).unwrap();
            assert!((left.effective | left.permitted | left.inheritable).is_empty());
            assert!(no_new_privs().unwrap());
            // What is given up cannot be taken back.
            let all = CapabilitySet::NET_RAW;
            let sets = CapabilitySets { effective: all, permitted: all, inheritable: CapabilitySet::empty() };
            assert!(set_capabilities(None, sets).is_err());
        });
        dropped.join().unwrap();
    }
}
