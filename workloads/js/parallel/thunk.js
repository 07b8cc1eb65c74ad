const ask = thunkify(query);
const end = thunkify(commit);
const undo = thunkify(rollback);

function operation(i, done) {
  run(function* () {
    const tx = begin(i);
    try {
      const queries = new Array(params.queries);
      for (let k = 0; k < params.queries; k++) queries[k] = ask(tx, k);
      return yield end(tx, total(yield together(queries)));
    } catch (error) {
      error.checksum = yield undo(tx);
      throw error;
    }
  }, done);
}
