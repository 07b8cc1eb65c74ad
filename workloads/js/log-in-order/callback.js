function operation(i, done) {
  const tx = begin(i);
  const texts = new Array(params.delays.length);
  let shown = 0;
  params.delays.forEach((_, k) => read(tx, k, (error, text) => {
    texts[k] = text;
    while (shown < texts.length && texts[shown] !== undefined) show(tx, texts[shown++]);
    if (shown === texts.length) done(null, tx.shown);
  }));
}
