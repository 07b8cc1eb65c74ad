// Doxbee: one upload, a chain of dependent asynchronous steps in a transaction.
//
// Every step mixes its number into the value it was given, and each value is
// what the next step needs: a step that is skipped, doubled or not waited for
// changes the operation's result.
//
// params.present: the file exists already, so its record need not be created.
// params.failing: failing[i % length] is the step at which operation i fails, or 0.

function mix(value, step) { return (value * 31 + step) | 0; }

function begin(operation) {
  return {
    operation: operation,
    failing: params.failing === null ? 0 : params.failing[operation % params.failing.length],
    steps: 0,
    open: true,
  };
}

// step is the asynchronous step number n with the given result.
function step(tx, n, value, done) {
  if (!tx.open) return settle(new Error('step ' + n + ' after the end of the transaction'), undefined, done);
  if (tx.failing === n) return settle(new Error('step ' + n + ' failed'), undefined, done);
  tx.steps++;
  return settle(null, value, done);
}

function createBlob(operation) { return { account: operation % 10, key: operation }; }

function putStream(tx, blob, done) { return step(tx, 1, mix(blob.key, 1), done); }

function findFile(tx, blob, done) {
  return step(tx, 2, params.present ? { id: mix(blob.key, 2), version: 7 } : null, done);
}

function versionOf(blob, blobId, file) {
  return { account: blob.account, blobId: blobId, previous: file === null ? 0 : file.version };
}

function insertVersion(tx, version, done) {
  return step(tx, 3, mix(version.blobId + version.previous + version.account, 3), done);
}

function createInsert(tx, versionId, done) { return step(tx, 4, { table: 'file', version: versionId }, done); }

function executeInsert(tx, query, done) { return step(tx, 5, mix(query.version, 5), done); }

function linkVersion(tx, fileId, versionId, done) { return step(tx, 6, mix(fileId + versionId, 6), done); }

function updateFile(tx, fileId, linkId, done) { return step(tx, 7, mix(fileId + linkId, 7), done); }

function commit(tx, row, done) {
  const ended = step(tx, 8, mix(row + tx.steps, 8), done);
  tx.open = false;
  return ended;
}

// rollback yields the checksum of a failed upload.
function rollback(tx, done) {
  tx.open = false;
  return settle(null, mix(mix(tx.operation, 9), tx.steps), done);
}
