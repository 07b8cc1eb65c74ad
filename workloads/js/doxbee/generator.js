function operation(i) {
  return spawn(function* () {
    const blob = createBlob(i);
    const tx = begin(i);
    try {
      const blobId = yield putStream(tx, blob);
      const file = yield findFile(tx, blob);
      const versionId = yield insertVersion(tx, versionOf(blob, blobId, file));
      let fileId;
      if (file === null) {
        const query = yield createInsert(tx, versionId);
        fileId = yield executeInsert(tx, query);
      } else {
        fileId = file.id;
      }
      const linkId = yield linkVersion(tx, fileId, versionId);
      const row = yield updateFile(tx, fileId, linkId);
      return yield commit(tx, row);
    } catch (error) {
      error.checksum = yield rollback(tx);
      throw error;
    }
  });
}
