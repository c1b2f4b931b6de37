//! Pages of a list, one after another.

use clap::Args;

use crate::cli::Exit;

/// Which pages are shown. In JSON each page is a line of its own.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct Paging {
    /// Items of a page, at most 100 (default: 50) / записей на странице
    #[arg(
        long = "page-size",
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(in crate::cli) size: u32,
    /// Where to begin: next_page_token of the page before / с какой страницы начать
    #[arg(
        long = "page-token",
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    token: String,
    /// Every page to the last / все страницы до последней
    #[arg(long)]
    all: bool,
}

impl Paging {
    /// Shows pages with `show`, which answers its exit and the token of the next page.
    pub(in crate::cli) fn run(
        &self,
        mut show: impl FnMut(String) -> Result<(Exit, String), Exit>,
    ) -> Exit {
        let mut token = self.token.clone();
        loop {
            match show(token) {
                Ok((Exit::Done, next)) if self.all && !next.is_empty() => token = next,
                Ok((exit, _)) | Err(exit) => return exit,
            }
        }
    }
}
