function operation(i) {
  return spawn(function* () {
    const tx = begin(i);
    const texts = readAll(tx);
    for (let k = 0; k < texts.length; k++) show(tx, yield texts[k]);
    return tx.shown;
  });
}
