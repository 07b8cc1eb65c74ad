// Chains: functions that wait for other functions, each for another one, as layers of a
// program do. No two of them are the same function, which an engine could specialise on.
//
// params.kind: deep is ten calls below each other, wide ten one after the other.

function stamp(value, n) { return (value * 31 + n) | 0; }
