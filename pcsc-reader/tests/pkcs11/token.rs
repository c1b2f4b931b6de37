//! Libraries of modules, and a token of SoftHSM2.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// PIN of the token.
pub const PIN: &str = "123456";

/// Label of the token.
pub const LABEL: &str = "desk";

/// A library in the folders where Debian puts modules, on a machine of any kind: the folders of /usr/lib, of which one is
/// named after the machine, and the folders in them.
pub fn library(name: &str) -> PathBuf {
    let children = |folder: &Path| -> Vec<PathBuf> {
        let found = fs::read_dir(folder).into_iter().flatten().flatten();
        let paths = found.map(|it| it.path());
        paths.filter(|it| it.is_dir()).collect()
    };
    let near = children(Path::new("/usr/lib"));
    let far = near.iter().flat_map(|folder| children(folder));
    let mut files = near.iter().cloned().chain(far).map(|it| it.join(name));
    let file = files.find(|file| file.is_file());
    file.unwrap_or_else(|| panic!("{name} (make test installs opensc and softhsm2)"))
}

/// A token of the test's own.
pub struct SoftHsm<'f> {
    folder: &'f Path,
    /// Value of the variable `SOFTHSM2_CONF`.
    pub configuration: PathBuf,
}

impl<'f> SoftHsm<'f> {
    /// In a folder of its own, where files for [`Self::run`] are, too.
    pub fn new(folder: &'f Path) -> Self {
        let configuration = folder.join("softhsm2.conf");
        let tokens = folder.join("tokens");
        fs::create_dir(&tokens).unwrap();
        let text = format!("directories.tokendir = {}\n", tokens.display());
        fs::write(&configuration, text).unwrap();
        let hsm = SoftHsm {
            folder,
            configuration,
        };
        let arguments =
            format!("--init-token --free --label {LABEL} --pin {PIN} --so-pin 12345678");
        hsm.run("softhsm2-util", &arguments, &[]);
        hsm
    }

    /// Runs a program in the folder, with arguments without spaces and further ones.
    pub fn run(&self, program: &str, arguments: &str, more: &[&str]) {
        let output = Command::new(program)
            .args(arguments.split(' '))
            .args(more)
            .current_dir(self.folder)
            .env("SOFTHSM2_CONF", &self.configuration)
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error} (make test installs it)"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments}: {said}");
    }

    /// Puts the private key `key.pem` into the token: one of RSASSA-PSS, one that wants the PIN for each signature.
    pub fn add_key(&self, id: &str, is_pss: bool, is_always: bool) {
        if is_pss {
            // The token keeps numbers, and not what they are for.
            self.run("openssl", "rsa -traditional -in key.pem -out pss.pem", &[]);
            let plain = fs::read_to_string(self.folder.join("pss.pem")).unwrap();
            let plain = plain.replace("RSA-PSS PRIVATE KEY", "RSA PRIVATE KEY");
            fs::write(self.folder.join("pss.pem"), plain).unwrap();
            let arguments = "pkcs8 -topk8 -nocrypt -in pss.pem -out key.pem";
            self.run("openssl", arguments, &[]);
        }
        if is_always {
            self.run("openssl", "pkey -in key.pem -outform DER -out key.der", &[]);
            let arguments = format!("key.der --type privkey --id {id} --always-auth --usage-sign");
            self.write_object(&arguments);
        } else {
            let arguments =
                format!("--import key.pem --token {LABEL} --label key --id {id} --pin {PIN}");
            self.run("softhsm2-util", &arguments, &[]);
        }
    }

    /// Puts the certificate `certificate.pem` into the token.
    pub fn add_certificate(&self, id: &str) {
        let arguments = "x509 -in certificate.pem -outform DER -out certificate.der";
        self.run("openssl", arguments, &[]);
        self.write_object(&format!("certificate.der --type cert --id {id}"));
    }

    fn write_object(&self, arguments: &str) {
        let library = library("libsofthsm2.so");
        let module = ["--module", library.to_str().unwrap()];
        let login = format!("--login --pin {PIN} --label object --write-object {arguments}");
        self.run("pkcs11-tool", &login, &module);
    }
}
