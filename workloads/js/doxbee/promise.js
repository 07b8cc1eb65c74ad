function operation(i) {
  const blob = createBlob(i);
  const tx = begin(i);
  let blobId, file, versionId, fileId;

  return putStream(tx, blob)
    .then((id) => {
      blobId = id;
      return findFile(tx, blob);
    })
    .then((found) => {
      file = found;
      return insertVersion(tx, versionOf(blob, blobId, file));
    })
    .then((id) => {
      versionId = id;
      return file === null ? createInsert(tx, versionId) : null;
    })
    .then((query) => (query === null ? file.id : executeInsert(tx, query)))
    .then((id) => {
      fileId = id;
      return linkVersion(tx, fileId, versionId);
    })
    .then((linkId) => updateFile(tx, fileId, linkId))
    .then((row) => commit(tx, row))
    .catch((error) => rollback(tx).then((checksum) => {
      error.checksum = checksum;
      throw error;
    }));
}
