function operation(i) {
  return spawn(function* () {
    const tx = begin(i);
    try {
      const queries = new Array(params.queries);
      for (let k = 0; k < params.queries; k++) queries[k] = query(tx, k);
      return yield commit(tx, total(yield Promise.all(queries)));
    } catch (error) {
      error.checksum = yield rollback(tx);
      throw error;
    }
  });
}
