//! Names to addresses: what is checked here is what is connected to.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::allowed::Rule;

/// Gives the addresses of a name, only those that may be connected to.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) rules: Vec<Rule>,
    pub(super) resolver: Resolver,
}

/// Who knows the addresses of a name.
#[derive(Clone)]
pub(super) enum Resolver {
    /// The machine.
    System,
    /// These, and nobody else.
    #[cfg(test)]
    Table(Arc<std::collections::HashMap<String, Vec<IpAddr>>>),
}

/// A host at an address that is not public and not allowed.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) host: String,
    pub(super) address: IpAddr,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, address) = (&self.host, self.address);
        if host.parse() == Ok(address) {
            write!(f, "`{address}` is not a public address")?;
        } else {
            write!(f, "`{host}` is at {address}, which is not a public address")?;
        }
        write!(f, ": allow it with `App::allow_requests_to([\"{host}\"])`")
    }
}

impl std::error::Error for Refused {}

impl Guard {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        match &self.resolver {
            Resolver::System => {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            }
            #[cfg(test)]
            Resolver::Table(table) => Ok(table.get(name).cloned().unwrap_or_default()),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::new(self.clone());
        Box::pin(async move {
            let host = super::host(name.as_str());
            let found = guard.addresses(&host).await?;
            let (allowed, refused): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|address| guard.allows(&host, *address));
            match (allowed.is_empty(), refused.first()) {
                (true, Some(address)) => Err(Refused { host, address: *address }.into()),
                (true, None) => Err(format!("`{host}` has no address").into()),
                _ => {
                    let sockets = allowed.into_iter().map(|address| SocketAddr::new(address, 0));
                    Ok(Box::new(sockets) as Addrs)
                }
            }
        })
    }
}
