//! A card that goes wrong at one command.

use super::Card;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The card leaves the reader.
    Leave,
    /// Somebody resets the card before the command, which the card then answers.
    Reset,
    /// From then on every answer announces one more octet.
    EndlessAnswer,
    /// From then on every answer says that Le is wrong.
    WrongLength,
    /// The card carries the command out and so many octets of its answer arrive.
    Cut(usize),
    /// The card carries the command out and its answer has so many octets before its own.
    TooLong(usize),
    /// The card refuses with this status word.
    Status(u16),
}

/// A card with a fault at the command of a number, from 0.
pub struct Faulty<C> {
    pub card: C,
    fault: Fault,
    at: usize,
    seen: usize,
}

impl<C: Card> Faulty<C> {
    /// `card` with `fault` at its command `at`.
    pub fn new(card: C, fault: Fault, at: usize) -> Self {
        Self {
            card,
            fault,
            at,
            seen: 0,
        }
    }

    /// How many commands came.
    pub fn seen(&self) -> usize {
        self.seen
    }
}

impl<C: Card> Card for Faulty<C> {
    fn atr(&self) -> Vec<u8> {
        self.card.atr()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let number = self.seen;
        self.seen += 1;
        let is_now = number == self.at;
        match self.fault {
            _ if number < self.at => self.card.answer(command),
            Fault::Leave => None,
            Fault::EndlessAnswer => Some(vec![0xAA, 0x61, 0x01]),
            Fault::WrongLength => Some(vec![0x6C, 0x01]),
            _ if !is_now => self.card.answer(command),
            Fault::Reset => {
                self.card.reset();
                self.card.answer(command)
            }
            Fault::Cut(octets) => {
                let mut answer = self.card.answer(command)?;
                answer.truncate(octets);
                Some(answer)
            }
            Fault::TooLong(octets) => {
                let mut answer = vec![0xAA; octets];
                answer.extend(self.card.answer(command)?);
                Some(answer)
            }
            Fault::Status(status) => Some(status.to_be_bytes().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says how often it was asked since the last reset.
    struct Counter(u8);

    impl Card for Counter {
        fn atr(&self) -> Vec<u8> {
            vec![0x3B, 0x00]
        }

        fn reset(&mut self) {
            self.0 = 0;
        }

        fn answer(&mut self, _: &[u8]) -> Option<Vec<u8>> {
            self.0 += 1;
            Some(vec![self.0, 0x90, 0x00])
        }
    }

    #[test]
    fn each_fault_comes_at_its_command() {
        for (fault, second, third) in [
            (Fault::Leave, None, None),
            (Fault::Reset, Some(vec![1, 0x90, 0]), Some(vec![2, 0x90, 0])),
            (
                Fault::EndlessAnswer,
                Some(vec![0xAA, 0x61, 1]),
                Some(vec![0xAA, 0x61, 1]),
            ),
            (Fault::WrongLength, Some(vec![0x6C, 1]), Some(vec![0x6C, 1])),
            (Fault::Cut(1), Some(vec![2]), Some(vec![3, 0x90, 0])),
            (
                Fault::TooLong(1),
                Some(vec![0xAA, 2, 0x90, 0]),
                Some(vec![3, 0x90, 0]),
            ),
            (
                Fault::Status(0x6F00),
                Some(vec![0x6F, 0]),
                Some(vec![2, 0x90, 0]),
            ),
        ] {
            let mut card = Faulty::new(Counter(0), fault, 1);
            assert_eq!(card.answer(&[]), Some(vec![1, 0x90, 0]), "{fault:?}");
            assert_eq!(card.answer(&[]), second, "{fault:?}");
            assert_eq!(card.answer(&[]), third, "{fault:?}");
            assert_eq!(card.seen(), 3);
        }
    }
}
