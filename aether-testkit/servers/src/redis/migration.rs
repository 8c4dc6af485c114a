//! A slot that moves from one master to another.

use super::super::ServersError;
use super::node::Node;
use super::wire::Answer;

/// A slot on its way; it stays between both until it is [finished](Migration::finish).
#[derive(Debug)]
pub struct Migration<'c> {
    nodes: &'c [Node],
    slot: String,
    from: usize,
    to: usize,
}

impl<'c> Migration<'c> {
    pub(super) async fn begin(
        nodes: &'c [Node],
        slot: u16,
        from: usize,
        to: usize,
    ) -> Result<Migration<'c>, ServersError> {
        let migration = Migration { nodes, slot: slot.to_string(), from, to };
        let (source, target) = (migration.id(from).await?, migration.id(to).await?);
        let slot = migration.slot.as_str();
        migration.ask(to, &["CLUSTER", "SETSLOT", slot, "IMPORTING", &source]).await?;
        migration.ask(from, &["CLUSTER", "SETSLOT", slot, "MIGRATING", &target]).await?;
        Ok(migration)
    }

    /// Moves up to `count` keys, one by one, and says how many there were to move.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] with the answer of a node.
    pub async fn move_keys(&self, count: usize) -> Result<usize, ServersError> {
        let count = count.to_string();
        let keys = ["CLUSTER", "GETKEYSINSLOT", &self.slot, &count];
        let keys = self.ask(self.from, &keys).await?;
        let port = self.node(self.to)?.port.to_string();
        for key in keys.list() {
            let go = ["MIGRATE", "127.0.0.1", &port, key.text(), "0", "2000"];
            self.ask(self.from, &go).await?;
        }
        Ok(keys.list().len())
    }

    /// Moves what is left and gives the slot to its new master.
    ///
    /// # Errors
    ///
    /// [`ServersError::Io`] with the answer of a node.
    pub async fn finish(self) -> Result<(), ServersError> {
        while self.move_keys(100).await? > 0 {}
        let target = self.id(self.to).await?;
        // first the new one, so that the slot is never nobody's
        for node in [self.to, self.from] {
            self.ask(node, &["CLUSTER", "SETSLOT", &self.slot, "NODE", &target]).await?;
        }
        Ok(())
    }

    async fn id(&self, node: usize) -> Result<String, ServersError> {
        Ok(self.ask(node, &["CLUSTER", "MYID"]).await?.text().to_owned())
    }

    async fn ask(&self, node: usize, words: &[&str]) -> Result<Answer, ServersError> {
        self.node(node)?.ask(words).await
    }

    fn node(&self, node: usize) -> Result<&Node, ServersError> {
        self.nodes.get(node).ok_or(ServersError::NotOurs { action: "reach into" })
    }
}
