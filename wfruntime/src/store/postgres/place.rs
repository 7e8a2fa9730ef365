//! Where the server is and how it is spoken to: the URL, and TLS.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::{Durability, Options};
use super::fault;
use crate::error::{Error, ErrorKind, Result};

/// How a server's name and certificate are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// No TLS.
    None,
    /// TLS where it is offered, against those who only listen.
    Any,
    /// TLS with a certificate that is trusted and bears the server's name.
    Verified,
}

/// A database of a server.
#[derive(Clone)]
pub(super) struct Place {
    config: Config,
    tls: MakeRustlsConnect,
    /// For messages: the database and the host, without user and password.
    name: Arc<str>,
}

impl Place {
    pub(super) fn parse(url: &str, options: &Options) -> Result<Self> {
        let (start, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots) = (None, None);
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(trust(value)?),
                Some(("sslrootcert", value)) => roots = Some(plain(value)),
                _ => others.push(pair),
            }
        }
        let mut config: Config = format!("{start}?{}", others.join("&")).parse().map_err(
            |error: tokio_postgres::Error| bad_url("it cannot be read").with_source(error),
        )?;
        let name = name(&config)?;
        let on_this_machine = config.get_hosts().iter().all(|host| !matches!(host, Host::Tcp(_)));
        let trust = if on_this_machine { Trust::None } else { mode.unwrap_or(Trust::Any) };
        config.ssl_mode(match trust {
            Trust::None => SslMode::Disable,
            Trust::Any => SslMode::Prefer,
            Trust::Verified => SslMode::Require,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(options.connect);
        }
        if config.get_application_name().is_none() {
            config.application_name("wf");
        }
        let settings = settings(&config, options);
        config.options(settings);
        let tls = MakeRustlsConnect::new(tls(trust, roots.as_deref())?);
        Ok(Self { config, tls, name: name.into() })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A further connection; its traffic is a task of the runtime that is running.
    pub(super) async fn connect(&self) -> Result<(Client, JoinHandle<()>)> {
        match self.config.connect(self.tls.clone()).await {
            Ok((client, traffic)) => {
                let name = Arc::clone(&self.name);
                let traffic = tokio::spawn(async move {
                    if let Err(error) = traffic.await {
                        tracing::warn!(%error, database = &*name, "a connection broke off");
                    }
                });
                Ok((client, traffic))
            }
            Err(error) => Err(fault::at_start(error, &self.name)),
        }
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Place").field(&self.name).finish()
    }
}

/// What every statement of a connection is held to.
fn settings(config: &Config, options: &Options) -> String {
    let commit = match options.durability {
        Durability::Full => "on",
        Durability::Normal => "off",
    };
    format!(
        "{} -c statement_timeout={} -c lock_timeout={} \
         -c idle_in_transaction_session_timeout={} -c synchronous_commit={commit} \
         -c default_transaction_isolation=read\\ committed",
        config.get_options().unwrap_or_default(),
        options.statement.as_millis(),
        options.busy.as_millis(),
        options.idle.as_millis(),
    )
}

fn trust(mode: &str) -> Result<Trust> {
    match mode {
        "disable" => Ok(Trust::None),
        "allow" | "prefer" => Ok(Trust::Any),
        "require" | "verify-full" => Ok(Trust::Verified),
        _ => Err(bad_url("its `sslmode` is none of `disable`, `prefer` and `require`")),
    }
}

fn plain(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn name(config: &Config) -> Result<String> {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(_) => "this machine".into(),
        None => return Err(bad_url("it names no host")),
    };
    let Some(database) = config.get_dbname().filter(|name| !name.is_empty()) else {
        return Err(bad_url("it names no database"));
    };
    if config.get_user().is_none_or(str::is_empty) {
        return Err(bad_url("it names no user"));
    }
    Ok(format!("{database}` on `{host}"))
}

/// Without the URL, which may hold a password.
fn bad_url(what: &str) -> Error {
    let text = format!(
        "the database's URL is not usable: {what}; expected `postgres://user:password@host/claims`"
    );
    Error::new(ErrorKind::Startup, "database_url", text)
}

fn tls(trust: Trust, roots: Option<&str>) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| bad_certificates("TLS cannot be used").with_source(error))?;
    if trust != Trust::Verified {
        let anyone = Arc::new(Anyone(provider));
        return Ok(config
            .dangerous()
            .with_custom_certificate_verifier(anyone)
            .with_no_client_auth());
    }
    let mut store = RootCertStore::empty();
    match roots {
        Some(path) => {
            let unreadable =
                || bad_certificates(&format!("the certificates in `{path}` cannot be read"));
            let read = CertificateDer::pem_file_iter(path)
                .map_err(|error| unreadable().with_source(error))?;
            for root in read {
                let root = root.map_err(|error| unreadable().with_source(error))?;
                store.add(root).map_err(|error| unreadable().with_source(error))?;
            }
        }
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if store.is_empty() {
        return Err(bad_certificates("no certificate is trusted on this machine"));
    }
    Ok(config.with_root_certificates(store).with_no_client_auth())
}

fn bad_certificates(what: &str) -> Error {
    let text = format!("{what}; name a file of trusted ones with `sslrootcert=…` in the URL");
    Error::new(ErrorKind::Startup, "certificates", text)
}

/// Takes whoever answers: where TLS may be left out, a certificate proves nothing.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Place::parse(url, &Options::default()).expect_err("it is refused").to_string()
    }

    #[test]
    fn a_url_is_named_without_its_password() {
        let place = Place::parse("postgres://ann:secret@db.example/claims", &Options::default())
            .expect("it is read");
        assert_eq!(place.name(), "claims` on `db.example");
        assert_eq!(format!("{place:?}"), "Place(\"claims` on `db.example\")");
    }

    #[test]
    fn what_a_url_lacks_is_said() {
        for (url, what) in [
            ("postgres://ann:secret@db.example", "it names no database"),
            ("postgres://db.example/claims", "it names no user"),
            ("postgres:///claims?user=ann", "it names no host"),
            ("postgres://ann:secret@db.example/claims?sslmode=maybe", "its `sslmode` is none"),
            ("postgres://ann:secret@db.example:x/claims", "it cannot be read"),
        ] {
            let said = refused(url);
            assert!(said.contains(what), "{url}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
        let said = refused("postgres://ann@db.example/claims?sslmode=require&sslrootcert=%2Fnone");
        assert!(said.contains("the certificates in `/none` cannot be read"), "{said}");
    }
}
