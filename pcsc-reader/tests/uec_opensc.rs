//! OpenSC and a universal electronic card in one real card service.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Command;

use support::card::VirtualCard;
use support::desk;
use support::service::CardService;
use testdata::card::uec::{Interface, Uec};

#[test]
fn opensc_selects_the_application_and_is_refused_a_pin() {
    let service = CardService::with_reader();
    let _card = VirtualCard::insert_card(service.port(), Uec::v1_1(Interface::Contact));
    desk::wait_for_slot(&service.socket(), "card");
    let output = Command::new("opensc-tool")
        .args(["-r", "0", "-c", "default"])
        .args(["-s", "00A4040008A00000043290000100"])
        .args(["-s", "0020000108241234FFFFFFFFFF"])
        .env("PCSCLITE_CSOCK_NAME", service.socket())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("SW1=0x90, SW2=0x00"), "{text}");
    assert!(
        text.contains("64 35 9F 08 01 11 5F 24 03 18 03 14"),
        "{text}"
    );
    assert!(text.contains("SW1=0x69, SW2=0x82"), "{text}");
    let readers = desk::run(&service.socket(), &["readers"]);
    assert_eq!(readers.json()["readers"][0]["card"]["id"], "uec");
}
