async function operation(i) {
  let value;
  try {
    value = await Promise[params.kind](items(i));
  } catch (error) {
    return rejected(error);
  }
  return fulfilled(value);
}
