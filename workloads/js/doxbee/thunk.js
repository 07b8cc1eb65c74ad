const put = thunkify(putStream);
const find = thunkify(findFile);
const insert = thunkify(insertVersion);
const create = thunkify(createInsert);
const execute = thunkify(executeInsert);
const link = thunkify(linkVersion);
const update = thunkify(updateFile);
const end = thunkify(commit);
const undo = thunkify(rollback);

function operation(i, done) {
  run(function* () {
    const blob = createBlob(i);
    const tx = begin(i);
    try {
      const blobId = yield put(tx, blob);
      const file = yield find(tx, blob);
      const versionId = yield insert(tx, versionOf(blob, blobId, file));
      let fileId;
      if (file === null) {
        const query = yield create(tx, versionId);
        fileId = yield execute(tx, query);
      } else {
        fileId = file.id;
      }
      const linkId = yield link(tx, fileId, versionId);
      const row = yield update(tx, fileId, linkId);
      return yield end(tx, row);
    } catch (error) {
      error.checksum = yield undo(tx);
      throw error;
    }
  }, done);
}
