async function operation(i) {
  const blob = createBlob(i);
  const tx = begin(i);
  try {
    const blobId = await putStream(tx, blob);
    const file = await findFile(tx, blob);
    const versionId = await insertVersion(tx, versionOf(blob, blobId, file));
    let fileId;
    if (file === null) {
      const query = await createInsert(tx, versionId);
      fileId = await executeInsert(tx, query);
    } else {
      fileId = file.id;
    }
    const linkId = await linkVersion(tx, fileId, versionId);
    const row = await updateFile(tx, fileId, linkId);
    return await commit(tx, row);
  } catch (error) {
    error.checksum = await rollback(tx);
    throw error;
  }
}
