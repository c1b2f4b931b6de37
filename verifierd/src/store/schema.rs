//! Whether the schema of a database is the one that this program knows, for those who may not change it.

use sqlx::{
    AnyConnection,
    migrate::{Migrate as _, MigrateError, Migrator},
};

use super::connect::unavailable;
use crate::service::ports::StoreError;

/// Where the steps that were taken are kept.
const TABLE: &str = "_sqlx_migrations";

/// Why the database of a reader is not of this program's schema. Numbers are versions of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// The first step that is not there.
    Older(i64),
    /// The first step that is not known here.
    Newer(i64),
    /// The first step that was another one.
    Differs(i64),
    /// A step was taken by half.
    Half(i64),
}

impl Schema {
    fn text(self) -> String {
        match self {
            Self::Older(version) => format!(
                "the schema of the database is older than this program (schema {version} is not there), and reading \
                 does not change it; start the daemon of this version on it once, or read it with the older program / \
                 схема базы данных старше этой программы (нет схемы {version}), а чтение её не меняет; запустите на ней \
                 один раз сервис этой версии или читайте прежней программой"
            ),
            Self::Newer(version) => format!(
                "the schema of the database is newer than this program (schema {version} is not known here); read it \
                 with the program of the version that its daemon has / схема базы данных новее этой программы (схема \
                 {version} здесь не известна); читайте её программой той версии, что у сервиса"
            ),
            Self::Differs(version) => format!(
                "the database was made by another version of the program (schema {version} differs); read it with that \
                 version / базу данных создала другая версия программы (схема {version} не та); читайте её той версией"
            ),
            Self::Half(version) => format!(
                "schema {version} of the database was set up by half; start the daemon, which says why, or restore the \
                 database from a backup / схема {version} базы данных создана наполовину; запустите сервис, он назовёт \
                 причину, или восстановите базу из копии"
            ),
        }
    }
}

/// One step: its version and the checksum of its text.
type Step<'a> = (i64, &'a [u8]);

fn compare(there: &[Step<'_>], known: &[Step<'_>]) -> Result<(), Schema> {
    for (version, checksum) in there {
        match known.iter().find(|(other, _)| other == version) {
            None => return Err(Schema::Newer(*version)),
            Some((_, other)) if other != checksum => return Err(Schema::Differs(*version)),
            Some(_) => {}
        }
    }
    let missing = |step: &&Step<'_>| !there.iter().any(|(version, _)| *version == step.0);
    match known.iter().find(missing) {
        Some((version, _)) => Err(Schema::Older(*version)),
        None => Ok(()),
    }
}

/// Sees that every step of `migrator`, and no other, was taken. Writes nothing.
///
/// # Errors
/// [`StoreError::NotOpened`] when it is not so; [`StoreError::Unavailable`] when the database fails.
pub(super) async fn check(
    connection: &mut AnyConnection,
    migrator: &Migrator,
) -> Result<(), StoreError> {
    let known: Vec<Step<'_>> = migrator
        .iter()
        .map(|step| (step.version, &*step.checksum))
        .collect();
    let half = match connection.dirty_version(TABLE).await {
        Ok(half) => half.map_or(Ok(()), |version| Err(Schema::Half(version))),
        Err(error) if is_no_table(&error) => compare(&[], &known),
        Err(error) => return Err(fault(error)),
    };
    half.map_err(refused)?;
    let there = connection.list_applied_migrations(TABLE).await;
    let there = there.map_err(fault)?;
    let there: Vec<Step<'_>> = there
        .iter()
        .map(|step| (step.version, &*step.checksum))
        .collect();
    compare(&there, &known).map_err(refused)
}

fn refused(schema: Schema) -> StoreError {
    StoreError::NotOpened(schema.text())
}

/// SQLite says of a table that is not there no more than that the statement is wrong.
fn is_no_table(error: &MigrateError) -> bool {
    let MigrateError::Execute(sqlx::Error::Database(error)) = error else {
        return false;
    };
    error
        .code()
        .is_some_and(|code| matches!(&*code, "1" | "42P01"))
}

fn fault(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => unavailable(error),
        _ => StoreError::Corrupt("schema"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_and_no_other() {
        let known: [Step<'_>; 2] = [(1, b"a"), (2, b"b")];
        for (there, expected) in [
            (&[(1, b"a" as &[u8]), (2, b"b")][..], Ok(())),
            (&[], Err(Schema::Older(1))),
            (&[(1, b"a")], Err(Schema::Older(2))),
            (&[(2, b"b")], Err(Schema::Older(1))),
            (&[(1, b"a"), (2, b"c")], Err(Schema::Differs(2))),
            (&[(1, b"c")], Err(Schema::Differs(1))),
            (&[(1, b"a"), (2, b"b"), (3, b"c")], Err(Schema::Newer(3))),
        ] {
            assert_eq!(compare(there, &known), expected, "{there:?}");
        }
    }
}
