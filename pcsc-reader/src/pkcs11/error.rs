//! What a module says, in the words of this library.

use cryptoki::error::{Error, RvError};

use crate::error::{CardError, CardErrorKind as Kind};

/// The error of a module. Its own text is left out: some modules put data into it.
pub(super) fn card_error(error: &Error) -> CardError {
    let kind = match error {
        Error::LibraryLoading(_) | Error::MissingSymbol(_) | Error::NullFunctionPointer => {
            Kind::ModuleUnusable
        }
        Error::Pkcs11(error, _) => of_return_value(error),
        _ => Kind::Service,
    };
    CardError::new(kind)
}

fn of_return_value(error: &RvError) -> Kind {
    match error {
        RvError::PinIncorrect => Kind::PinWrong { left: None },
        RvError::PinLocked => Kind::PinBlocked,
        RvError::PinInvalid | RvError::PinLenRange => Kind::PinRejected,
        RvError::UserNotLoggedIn | RvError::PinExpired | RvError::UserPinNotInitialized => {
            Kind::PinRequired
        }
        RvError::TokenNotPresent | RvError::SlotIdInvalid => Kind::NoCard,
        RvError::DeviceRemoved | RvError::SessionHandleInvalid => Kind::Removed,
        RvError::TokenNotRecognized
        | RvError::MechanismInvalid
        | RvError::MechanismParamInvalid
        | RvError::KeyTypeInconsistent
        | RvError::KeyFunctionNotPermitted
        | RvError::FunctionNotSupported => Kind::Unsupported,
        RvError::KeyHandleInvalid | RvError::ObjectHandleInvalid => Kind::NoKey,
        RvError::FunctionCanceled => Kind::Cancelled,
        _ => Kind::Service,
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn what_a_module_says_of_a_pin_is_kept() {
        for (value, kind) in [
            (RvError::PinIncorrect, Kind::PinWrong { left: None }),
            (RvError::PinLocked, Kind::PinBlocked),
            (RvError::PinLenRange, Kind::PinRejected),
            (RvError::UserNotLoggedIn, Kind::PinRequired),
            (RvError::DeviceRemoved, Kind::Removed),
            (RvError::TokenNotPresent, Kind::NoCard),
            (RvError::MechanismInvalid, Kind::Unsupported),
            (RvError::GeneralError, Kind::Service),
        ] {
            let error = Error::Pkcs11(value, Function::Sign);
            assert_eq!(card_error(&error).kind, kind);
        }
        assert_eq!(
            card_error(&Error::NullFunctionPointer).kind,
            Kind::ModuleUnusable
        );
    }
}
