async function operation(i) {
  const tx = begin(i);
  const texts = readAll(tx);
  for (let k = 0; k < texts.length; k++) show(tx, await texts[k]);
  return tx.shown;
}
