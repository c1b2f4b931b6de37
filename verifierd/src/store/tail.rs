//! Whether the head of the log is that of the leaves and nodes that are there.

use std::{collections::BTreeMap, fmt::Write as _};

use audit_log::{Frontier, Hash, root};
use sqlx::{AnyConnection, AssertSqlSafe, query::Query};

use super::{
    log::{LEVELS, frontier},
    record::column,
    unavailable,
};
use crate::service::ports::StoreError;

/// Places of a level that are not under a whole node of the next kept level: at most one less than these.
const SPAN: u64 = 1 << LEVELS;

/// What stands after the leaves that the head counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    More,
}

/// The state of the log as a reader sees it; leaves that were written meanwhile are nothing to it.
///
/// # Errors
/// [`StoreError::Corrupt`] when the head is not that of the leaves that it counts.
pub(super) async fn read(connection: &mut AnyConnection) -> Result<Frontier, StoreError> {
    let frontier = frontier(connection).await?;
    after(connection, &frontier).await?;
    Ok(frontier)
}

/// Refuses to write on when the head is not that of all leaves. Only within a transaction that writes.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub(super) async fn check(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let checked = match frontier(connection).await {
        Ok(frontier) => after(connection, &frontier).await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(After::Nothing) => Ok(()),
        Ok(After::More) | Err(StoreError::Corrupt(_)) => {
            tracing::error!(
                "the head of the audit log is not that of its leaves: rows were changed outside of the daemon; nothing is \
                 written until they are mended: `verifierd audit verify` names them, restore them from a backup / голова \
                 журнала расходится с его записями: строки изменены в обход сервиса; запись остановлена, пока их не \
                 исправят: `verifierd audit verify` назовёт их, восстановите их из копии"
            );
            Err(StoreError::Corrupt("audit_head"))
        }
        Err(error) => Err(error),
    }
}

/// Makes the peaks again from the last rows of each kept level, at most sixteen of each, read by their keys.
async fn after(connection: &mut AnyConnection, frontier: &Frontier) -> Result<After, StoreError> {
    let corrupt = || StoreError::Corrupt("audit_head");
    let size = frontier.size();
    let levels: Vec<_> = (0..u64::BITS)
        .step_by(usize::try_from(LEVELS).unwrap_or(1))
        .filter(|level| *level == 0 || size >> level > 0)
        .collect();
    let mut rows: BTreeMap<u32, Vec<(u64, Hash)>> = BTreeMap::new();
    for row in statement(&levels, size)
        .fetch_all(connection)
        .await
        .map_err(unavailable)?
    {
        let level: i64 = column(&row, "level")?;
        let place: i64 = column(&row, "place")?;
        let hash: Vec<u8> = column(&row, "hash")?;
        let level = u32::try_from(level).map_err(|_| corrupt())?;
        let place = u64::try_from(place).map_err(|_| corrupt())?;
        let hash = hash.try_into().map_err(|_| corrupt())?;
        rows.entry(level).or_default().push((place, hash));
    }
    let mut peaks = Vec::new();
    let mut after = After::Nothing;
    for level in levels.into_iter().rev() {
        let (first, end) = (first(size, level), size >> level);
        let rows = rows.remove(&level).unwrap_or_default();
        let counted = usize::try_from(end - first).map_err(|_| corrupt())?;
        let (of_head, more) = rows.split_at_checked(counted).ok_or_else(corrupt)?;
        if !(first..end).eq(of_head.iter().map(|(place, _)| *place)) {
            return Err(corrupt());
        }
        if !more.is_empty() {
            after = After::More;
        }
        let hashes: Vec<_> = of_head.iter().map(|(_, hash)| *hash).collect();
        let mut rest = hashes.as_slice();
        while let Some(count) = rest.len().checked_ilog2() {
            let (subtree, smaller) = rest.split_at(1 << count);
            peaks.push(root(subtree));
            rest = smaller;
        }
    }
    match peaks.into_iter().eq(frontier.peaks().map(|(_, hash)| hash)) {
        true => Ok(after),
        false => Err(corrupt()),
    }
}

/// The first place of `level` that is not under a whole node of the next kept level.
fn first(size: u64, level: u32) -> u64 {
    (size >> level) / SPAN * SPAN
}

/// Of numbers only; one text for each number of levels.
fn statement(levels: &[u32], size: u64) -> Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
    let mut sql = String::new();
    for (number, level) in levels.iter().enumerate() {
        let (from, to) = (2 * number + 1, 2 * number + 2);
        // Writing to a text does not fail.
        let _ = match level {
            0 => write!(
                sql,
                "SELECT CAST(0 AS BIGINT) AS level, sequence AS place, hash FROM audit_leaf \
                 WHERE sequence BETWEEN ${from} AND ${to}"
            ),
            _ => write!(
                sql,
                " UNION ALL SELECT level, position AS place, hash FROM audit_node \
                 WHERE level = {level} AND position BETWEEN ${from} AND ${to}"
            ),
        };
    }
    sql.push_str(" ORDER BY 1, 2");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for level in levels {
        let first = i64::try_from(first(size, *level)).unwrap_or(i64::MAX);
        // One more than may be there: what was written after the head was lowered.
        query = query.bind(first).bind(first.saturating_add(1 << LEVELS));
    }
    query
}
