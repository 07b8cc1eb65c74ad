async function operation(i) {
  const tx = begin(i);
  try {
    const queries = new Array(params.queries);
    for (let k = 0; k < params.queries; k++) queries[k] = query(tx, k);
    return await commit(tx, total(await Promise.all(queries)));
  } catch (error) {
    error.checksum = await rollback(tx);
    throw error;
  }
}
