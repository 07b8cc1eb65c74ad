function next(emitter, name) { return new Promise((resolve) => emitter.once(name, resolve)); }

function operation(i) {
  const tx = begin(i);
  function take(counted) {
    if (counted === params.counted) return next(tx.button, 'end');
    return next(tx.button, 'click').then((value) => {
      count(tx, value);
      return take(counted + 1);
    });
  }
  return take(0).then((time) => {
    count(tx, time);
    return tx.sum;
  });
}
