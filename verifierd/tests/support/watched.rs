//! The scripted judge, counted and held.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
    mpsc,
};

use tokio::sync::oneshot;
use verifierd::{
    domain::time::UnixSeconds,
    service::ports::{Arriving, NotJudged, StreamRequest, Verdict, Verify, VerifyRequest},
};

use super::script::Scripted;

#[derive(Default)]
pub struct Watched {
    inner: Scripted,
    judged: AtomicUsize,
    unavailable: AtomicBool,
    hold: Mutex<Option<(oneshot::Sender<()>, mpsc::Receiver<()>)>>,
}

/// A judgement that was begun and goes on when told.
pub struct Held {
    pub begun: oneshot::Receiver<()>,
    pub go_on: mpsc::Sender<()>,
}

impl Watched {
    pub fn judged(&self) -> usize {
        self.judged.load(Ordering::SeqCst)
    }

    pub fn set_unavailable(&self, unavailable: bool) {
        self.unavailable.store(unavailable, Ordering::SeqCst);
    }

    /// Holds the next judgement.
    pub fn hold(&self) -> Held {
        let (tell, begun) = oneshot::channel();
        let (go_on, wait) = mpsc::channel();
        *self.hold.lock().unwrap() = Some((tell, wait));
        Held { begun, go_on }
    }
}

impl Verify for Watched {
    fn check_format(&self, signature: &[u8]) -> Result<(), NotJudged> {
        self.inner.check_format(signature)
    }

    fn begin(
        &self,
        request: StreamRequest,
        at: UnixSeconds,
    ) -> Result<Box<dyn Arriving>, NotJudged> {
        self.inner.begin(request, at)
    }

    fn verify(&self, request: VerifyRequest, at: UnixSeconds) -> Result<Verdict, NotJudged> {
        self.judged.fetch_add(1, Ordering::SeqCst);
        let held = self.hold.lock().unwrap().take();
        if let Some((tell, wait)) = held {
            tell.send(()).unwrap();
            let _ = wait.recv();
        }
        if self.unavailable.load(Ordering::SeqCst) {
            return Err(NotJudged::Unavailable);
        }
        self.inner.verify(request, at)
    }
}
