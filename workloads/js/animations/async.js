async function operation(i) {
  const tx = begin(i);
  try {
    for (let k = 0; k < params.delays.length; k++) tx.last = await animate(tx, k);
  } catch (error) {
    stopped(error);
  }
  return finish(tx);
}
