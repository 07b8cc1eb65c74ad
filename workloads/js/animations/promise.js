function operation(i) {
  const tx = begin(i);
  let chain = Promise.resolve();
  for (let k = 0; k < params.delays.length; k++) {
    chain = chain.then(() => animate(tx, k)).then((value) => { tx.last = value; });
  }
  return chain.catch(stopped).then(() => finish(tx));
}
