function operation(i, done) {
  const tx = begin(i);
  let counted = 0;
  function clicked(value) {
    count(tx, value);
    if (++counted === params.counted) tx.button.off('click', clicked);
  }
  tx.button.on('click', clicked);
  tx.button.once('end', (time) => {
    count(tx, time);
    done(null, tx.sum);
  });
}
