//! Stands for the program's mailer.

use wfruntime::prelude::*;

pub(crate) async fn mail(to: String, text: String) -> Result<()> {
    println!("mail to {to}: {text}");
    Ok(())
}
