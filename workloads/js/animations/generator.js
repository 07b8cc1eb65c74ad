function operation(i) {
  return spawn(function* () {
    const tx = begin(i);
    try {
      for (let k = 0; k < params.delays.length; k++) tx.last = yield animate(tx, k);
    } catch (error) {
      stopped(error);
    }
    return finish(tx);
  });
}
