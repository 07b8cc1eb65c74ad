async function operation(i) {
  let sum = i;
  for (let k = 0; k < params.awaits; k++) sum = (sum * 31 + await operand(k)) | 0;
  return sum;
}
