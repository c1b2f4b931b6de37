//! `cargo xtask person`: someone of the demonstration PKI, for confirming an account by hand.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use testdata::{Passport, Person, Sex, Timestamp, demo};

use crate::clock;

/// Someone of the demonstration PKI: their data as files, their signature.
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Write `registration.json` and `person.json` as `verifierd account register` and `submit-data` read them.
    Data {
        /// Who, such as `citizen`.
        name: String,
        /// A folder for the files; made when there is none.
        folder: PathBuf,
    },
    /// Sign a file as on the person's token: detached CAdES-BES, GOST R 34.10-2012.
    Sign {
        /// Whose token, such as `citizen`.
        name: String,
        /// What to sign.
        file: PathBuf,
        /// A new file for the signature.
        signature: PathBuf,
    },
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    match &options.what {
        What::Data { name, folder } => {
            let person = demo::pki()?.person(name)?;
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            for (file, data) in [
                ("registration.json", registration(name, person)),
                ("person.json", personal_data(person)),
            ] {
                let text = serde_json::to_string_pretty(&data)? + "\n";
                write_new(&folder.join(file), text.as_bytes())?;
            }
        }
        What::Sign {
            name,
            file,
            signature,
        } => {
            let content = fs::read(file).with_context(|| file.display().to_string())?;
            let token = demo::pki()?.token(name)?;
            let signed = token.sign_detached(&content, Timestamp(clock::unix_seconds()))?;
            write_new(signature, &signed)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write_new(path: &Path, octets: &[u8]) -> Result<()> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(octets));
    written.with_context(|| path.display().to_string())
}

fn registration(name: &str, person: &Person) -> serde_json::Value {
    json!({
        "surname": person.surname,
        "given_name": person.given_name,
        "email": format!("{name}@example.com"),
    })
}

/// The person's passport; of those who are declared without one, one that nobody has.
pub(crate) fn passport(person: &Person) -> Passport {
    person.passport.clone().unwrap_or_else(|| Passport {
        series: "0000".to_owned(),
        number: "000999".to_owned(),
        issued_on: "2020-02-10".to_owned(),
        issued_by: "Тестовым отделом внутренних дел".to_owned(),
        department_code: "000-001".to_owned(),
    })
}

fn personal_data(person: &Person) -> serde_json::Value {
    let passport = passport(person);
    json!({
        "surname": person.surname,
        "given_name": person.given_name,
        "patronymic": person.patronymic.as_deref().unwrap_or_default(),
        "sex": match person.sex {
            Sex::Female => "FEMALE",
            Sex::Male => "MALE",
        },
        "birth_date": person.birth_date,
        "birth_place": person.birth_place,
        "citizenship": person.citizenship,
        "snils": person.snils.as_deref().unwrap_or_default(),
        "inn": person.inn.as_deref().unwrap_or_default(),
        "document": {
            "kind": "RF_PASSPORT",
            "series": passport.series,
            "number": passport.number,
            "issued_on": passport.issued_on,
            "issued_by": passport.issued_by,
            "department_code": passport.department_code,
        },
    })
}
