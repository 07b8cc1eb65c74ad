async function operation(i) {
  const early = rejected(i);
  await settle(null, 0);
  try {
    return await early;
  } catch (error) {
    return error.result;
  }
}
