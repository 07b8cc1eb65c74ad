function operation(i) {
  const tx = begin(i);
  const queries = new Array(params.queries);
  for (let k = 0; k < params.queries; k++) queries[k] = query(tx, k);
  return Promise.all(queries)
    .then((rows) => commit(tx, total(rows)))
    .catch((error) => rollback(tx).then((checksum) => {
      error.checksum = checksum;
      throw error;
    }));
}
