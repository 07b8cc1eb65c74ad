function operation(i) {
  const early = rejected(i);
  return settle(null, 0).then(() => early.catch((error) => error.result));
}
