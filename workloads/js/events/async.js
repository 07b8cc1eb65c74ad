function next(emitter, name) { return new Promise((resolve) => emitter.once(name, resolve)); }

async function operation(i) {
  const tx = begin(i);
  for (let counted = 0; counted < params.counted; counted++) count(tx, await next(tx.button, 'click'));
  count(tx, await next(tx.button, 'end'));
  return tx.sum;
}
