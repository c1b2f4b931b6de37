//! The audit log over gRPC: what it answers is checked with its public key alone.

use std::sync::Arc;

use audit_log::{
    Checkpoint, Hash, Leaf, Receipt, VerifyingKey, leaf_hash, verify_consistency, verify_inclusion,
};
use proto::v1::{
    GetCheckpointRequest, GetConsistencyProofRequest, GetInclusionProofRequest, GetKeyRequest,
    ListLeavesRequest, get_inclusion_proof_request::Entry,
};
use tonic::{Code, Status};
use verifierd::{
    app::{App, AppError, Ports},
    config::Config,
    log_key::{LogKeyError, LogKeySource},
    service::ports::RandomIds,
};

use crate::{
    on_both_databases,
    support::{
        Daemon, TestClock,
        database::{Database, give_log_key},
        demonstration, fields, reason,
        script::{Script, Scripted},
    },
};

on_both_databases! {
    an_outcome_comes_with_a_receipt
    every_leaf_and_every_size_is_shown
    what_is_not_in_the_log_is_refused
    the_key_stays_that_of_the_log
}

async fn key(daemon: &Daemon) -> VerifyingKey {
    let answer = daemon
        .audit
        .clone()
        .get_key(GetKeyRequest {})
        .await
        .unwrap();
    VerifyingKey::parse(&answer.into_inner().verifier_key).unwrap()
}

async fn checkpoint(daemon: &Daemon) -> Checkpoint {
    let request = GetCheckpointRequest {};
    let answer = daemon.audit.clone().get_checkpoint(request).await.unwrap();
    let answer = answer.into_inner();
    let checkpoint = Checkpoint::open(&key(daemon).await, &answer.checkpoint).unwrap();
    assert_eq!(checkpoint.size, answer.tree_size);
    checkpoint
}

fn hashes(hashes: &[Vec<u8>]) -> Vec<Hash> {
    let hashes = hashes.iter();
    hashes
        .map(|hash| hash.as_slice().try_into().unwrap())
        .collect()
}

async fn consistency(daemon: &Daemon, first: u64, second: u64) -> Result<Vec<Hash>, Status> {
    let request = GetConsistencyProofRequest {
        first_size: first,
        second_size: second,
    };
    let answer = daemon.audit.clone().get_consistency_proof(request).await?;
    Ok(hashes(&answer.into_inner().hashes))
}

async fn leaves(daemon: &Daemon, page_size: u32) -> Vec<String> {
    let mut leaves = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListLeavesRequest {
            page_size,
            page_token,
        };
        let answer = daemon.audit.clone().list_leaves(request).await.unwrap();
        let answer = answer.into_inner();
        if answer.leaves.is_empty() {
            return leaves;
        }
        for leaf in answer.leaves {
            assert_eq!(leaf.leaf_index, leaves.len() as u64);
            leaves.push(leaf.leaf_json);
        }
        page_token = answer.next_page_token;
    }
}

async fn an_outcome_comes_with_a_receipt(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    let answer = daemon
        .submit("acc-1", &application, signature.clone())
        .await
        .unwrap();
    let outcome = answer.application.clone().unwrap().outcome.unwrap();
    let given = outcome.audit.unwrap();
    let key = key(&daemon).await;

    let receipt = Receipt::parse(given.receipt_json.as_bytes()).unwrap();
    let (leaf, checkpoint) = receipt.check(&key).unwrap();
    assert_eq!((leaf.sequence, given.sequence, checkpoint.size), (4, 4, 5));
    assert_eq!(leaf.event, "APPLICATION_ACCEPTED");
    assert_eq!(leaf.application.as_deref(), Some(application.as_str()));
    assert_eq!(leaf.level.as_deref(), Some("CONFIRMED"));
    assert_eq!(leaf.evidence.unwrap().id, outcome.evidence_id);
    assert!(!given.receipt_json.contains("acc-1"));

    // The log grows; the receipt of an outcome stays, over a restart too.
    daemon.register("acc-2").await;
    assert_eq!(
        daemon.application("acc-1", &application).await,
        answer.application.clone().unwrap()
    );
    daemon.stop().await;
    let daemon = Daemon::start(&database).await;
    assert_eq!(
        daemon
            .submit("acc-1", &application, signature)
            .await
            .unwrap(),
        answer
    );

    // And its tree is the beginning of what is there now.
    let now = self::checkpoint(&daemon).await;
    assert_eq!(now.size, 6);
    let proof = consistency(&daemon, 5, 0).await.unwrap();
    verify_consistency((5, &checkpoint.root), (6, &now.root), &proof).unwrap();

    // The same entry, by its application, up to now.
    let request = GetInclusionProofRequest {
        entry: Some(Entry::ApplicationId(application)),
        tree_size: 0,
    };
    let shown = daemon
        .audit
        .clone()
        .get_inclusion_proof(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!((shown.leaf_index, shown.tree_size), (4, 6));
    assert_eq!(shown.leaf_hash, given.leaf_hash);
    let receipt = Receipt::parse(shown.receipt_json.as_bytes()).unwrap();
    assert_eq!(receipt.check(&key).unwrap().1, now);
    daemon.stop().await;
}

/// Over more leaves than the nodes of two kept levels, each proof is checked.
async fn every_leaf_and_every_size_is_shown(database: Database) {
    let daemon = Daemon::start(&database).await;
    let daemon = Arc::new(daemon);
    let tasks: Vec<_> = (0..271)
        .map(|n| {
            let daemon = daemon.clone();
            tokio::spawn(async move { daemon.register(&format!("acc-{n}")).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let head = checkpoint(&daemon).await;
    assert_eq!(head.size, 271);
    let leaves = leaves(&daemon, 100).await;
    assert_eq!(leaves.len(), 271);
    let leaves: Vec<_> = leaves
        .iter()
        .map(|leaf| leaf_hash(leaf.as_bytes()))
        .collect();
    let root = |size: u64| audit_log::root(&leaves[..size as usize]);
    assert_eq!(head.root, root(271));
    assert_eq!(database.count("SELECT COUNT(*) FROM audit_node").await, 17);

    for size in [1, 15, 16, 17, 31, 32, 200, 255, 256, 257, 270, 271] {
        for index in [0, 1, 14, 15, 16, 199, 254, 255, 256, 270] {
            if index >= size {
                continue;
            }
            let request = GetInclusionProofRequest {
                entry: Some(Entry::LeafHash(leaves[index as usize].to_vec())),
                tree_size: size,
            };
            let answer = daemon.audit.clone().get_inclusion_proof(request).await;
            let answer = answer.unwrap().into_inner();
            assert_eq!((answer.leaf_index, answer.tree_size), (index, size));
            let leaf = (index, &leaves[index as usize]);
            verify_inclusion(leaf, (size, &root(size)), &hashes(&answer.hashes)).unwrap();
        }
        let proof = consistency(&daemon, size, 271).await.unwrap();
        verify_consistency((size, &root(size)), (271, &head.root), &proof).unwrap();
    }
    Arc::into_inner(daemon).unwrap().stop().await;
}

async fn what_is_not_in_the_log_is_refused(database: Database) {
    let daemon = Daemon::start(&database).await;
    let empty = checkpoint(&daemon).await;
    assert_eq!((empty.size, empty.root), (0, audit_log::root(&[])));
    assert_eq!(consistency(&daemon, 0, 0).await.unwrap(), [] as [Hash; 0]);
    daemon.standard("acc-1").await;
    let (application, _) = daemon.issue("acc-1").await;
    let refused = |entry, tree_size| {
        let mut audit = daemon.audit.clone();
        async move {
            let request = GetInclusionProofRequest { entry, tree_size };
            audit.get_inclusion_proof(request).await.unwrap_err()
        }
    };
    let unknown = (Code::NotFound, "AUDIT_ENTRY_UNKNOWN".to_owned());
    for entry in [
        Entry::LeafIndex(4),
        Entry::LeafIndex(u64::MAX),
        Entry::LeafHash(vec![0; 32]),
        // Prepared, not decided.
        Entry::ApplicationId(application),
    ] {
        assert_eq!(reason(&refused(Some(entry), 0).await), unknown);
    }
    for (entry, size, field) in [
        (None, 0, "entry"),
        (Some(Entry::LeafHash(vec![0; 31])), 0, "leaf_hash"),
        (Some(Entry::ApplicationId("x".into())), 0, "application_id"),
        (Some(Entry::LeafIndex(3)), 3, "tree_size"),
        (Some(Entry::LeafIndex(0)), 5, "tree_size"),
        (Some(Entry::LeafIndex(0)), u64::MAX, "tree_size"),
    ] {
        assert_eq!(fields(&refused(entry, size).await), [field]);
    }
    for (first, second, field) in [
        (5, 0, "first_size"),
        (3, 2, "first_size"),
        (1, 5, "second_size"),
    ] {
        assert_eq!(
            fields(&consistency(&daemon, first, second).await.unwrap_err()),
            [field]
        );
    }
    for (page_size, page_token, field) in [
        (1001, "", "page_size"),
        (1, "1", "page_token"),
        (1, "leaf-01", "page_token"),
        (1, "leaf-", "page_token"),
    ] {
        let request = ListLeavesRequest {
            page_size,
            page_token: page_token.into(),
        };
        let refused = daemon.audit.clone().list_leaves(request).await.unwrap_err();
        assert_eq!(fields(&refused), [field]);
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_append_without_gaps() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let one = Arc::new(Daemon::start(&database).await);
    let two = Arc::new(Daemon::start(&database).await);
    let mut seen = vec![checkpoint(&one).await];
    for round in 0..4 {
        let tasks: Vec<_> = (0..12)
            .map(|n| {
                let daemon = [&one, &two][n % 2].clone();
                tokio::spawn(async move { daemon.register(&format!("acc-{round}-{n}")).await })
            })
            .collect();
        seen.push(checkpoint(&one).await);
        seen.push(checkpoint(&two).await);
        for task in tasks {
            task.await.unwrap();
        }
    }
    seen.push(checkpoint(&two).await);
    assert_eq!(key(&one).await, key(&two).await);
    let leaves = leaves(&one, 7).await;
    assert_eq!(leaves.len(), 48);
    for (place, leaf) in leaves.iter().enumerate() {
        let leaf = Leaf::parse(leaf.as_bytes()).unwrap();
        assert_eq!(
            (leaf.sequence, leaf.event.as_str()),
            (place as u64, "ACCOUNT_REGISTERED")
        );
    }
    seen.sort_by_key(|checkpoint| checkpoint.size);
    for (at, first) in seen.iter().enumerate() {
        for second in &seen[at..] {
            if second.size == 0 {
                continue;
            }
            let proof = consistency(&two, first.size, second.size).await.unwrap();
            let (first, second) = ((first.size, &first.root), (second.size, &second.root));
            verify_consistency(first, second, &proof).unwrap();
        }
    }
    Arc::into_inner(one).unwrap().stop().await;
    Arc::into_inner(two).unwrap().stop().await;
}

async fn the_key_stays_that_of_the_log(database: Database) {
    let daemon = Daemon::start(&database).await;
    let public = key(&daemon).await;
    daemon.stop().await;
    let daemon = Daemon::start(&database).await;
    assert_eq!(key(&daemon).await, public);
    daemon.stop().await;

    let fault = |source: LogKeySource, origin: Option<&str>| {
        let mut config = Config::parse("", "127.0.0.1:0".parse().ok()).unwrap();
        config.store = database.config();
        config.log.key = source;
        config.keys = database.keys();
        give_log_key(&mut config);
        config.log.origin = origin.map(str::to_owned);
        let ports = Ports {
            clock: Arc::new(TestClock::new()),
            ids: Arc::new(RandomIds),
            verify: Arc::new(Scripted::default()),
            trust: demonstration(),
        };
        async move {
            match App::bind(config, ports).await {
                Err(AppError::LogKey(fault)) => fault,
                other => panic!("{:?}", other.map(|_| ()).err()),
            }
        }
    };
    let other = audit_log::SigningKey::new("other/log", &[8; 32]).unwrap();
    let source = LogKeySource::Text(other.to_text());
    assert_eq!(
        fault(source, None).await,
        LogKeyError::Another(public.to_string())
    );
    let origin = LogKeyError::Origin(public.name().to_owned());
    assert_eq!(fault(LogKeySource::Beside, Some("other/log")).await, origin);
    let broken = LogKeySource::Text("PRIVATE+KEY+x".to_owned().into());
    assert!(matches!(fault(broken, None).await, LogKeyError::Text(_)));
    if let Some(file) = database.beside("log.key") {
        std::fs::remove_file(file).unwrap();
        assert!(matches!(
            fault(LogKeySource::Beside, None).await,
            LogKeyError::Missing(_)
        ));
    }
}
