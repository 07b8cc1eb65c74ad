function operation(i, done) {
  const tx = begin(i);
  const rows = new Array(params.queries);
  let open = params.queries;
  let failed = false;

  for (let k = 0; k < params.queries; k++) {
    query(tx, k, (error, row) => {
      if (failed) return;
      if (error) {
        failed = true;
        rollback(tx, (_, checksum) => {
          error.checksum = checksum;
          done(error);
        });
        return;
      }
      rows[k] = row;
      if (--open === 0) commit(tx, total(rows), done);
    });
  }
}
