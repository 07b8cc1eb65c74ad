function operation(i) {
  const tx = begin(i);
  return readAll(tx)
    .reduce((chain, text) => chain.then(() => text).then((text) => show(tx, text)), Promise.resolve())
    .then(() => tx.shown);
}
