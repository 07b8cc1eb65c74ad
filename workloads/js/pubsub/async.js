function publish(tx, n) { return Promise.all(handlersOf(tx, n).map((handler) => handler(messageOf(tx, n)))); }

async function operation(i) {
  const tx = begin(i);
  for (let n = 0; n < params.messages; n++) collect(tx, await publish(tx, n));
  return tx.sum;
}
