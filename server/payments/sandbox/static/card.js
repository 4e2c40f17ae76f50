// Numbers, dates and codes as people type them on cards. Pure.

const GROUPS = {amex: [4, 6, 5], usual: [4, 4, 4, 4, 3]};
const BRANDS = [
  ["visa", /^4/, [16]],
  ["mastercard", /^(5[1-5]|2[2-7])/, [16]],
  ["amex", /^3[47]/, [15]],
  ["discover", /^(6011|64[4-9]|65)/, [16]],
];
const UNKNOWN = ["", /^/, [16]];

export const digitsOf = (text) => text.replace(/\D/g, "");

function kindOf(digits) {
  return BRANDS.find(([, begin]) => begin.test(digits)) ?? UNKNOWN;
}

export const brandOf = (digits) => kindOf(digits)[0];
export const lengthOf = (digits) => kindOf(digits)[2][0];
export const codeLengthOf = (digits) => (brandOf(digits) === "amex" ? 4 : 3);

export function grouped(digits) {
  let rest = digits.slice(0, lengthOf(digits));
  const parts = [];
  for (const size of GROUPS[brandOf(digits)] ?? GROUPS.usual) {
    if (rest) parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return parts.join(" ");
}

// ISO/IEC 7812-1, annex B
export function passesLuhn(digits) {
  const values = [...digits].reverse().map((digit, at) => Number(digit) * (at % 2 + 1));
  return values.reduce((sum, value) => sum + Math.floor(value / 10) + (value % 10), 0) % 10 === 0;
}

// "4" and "12" as months; `typing` puts the line after a whole month, taking away does not.
export function dated(text, typing) {
  let digits = digitsOf(text).slice(0, 6);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  if (digits.length > 4) digits = digits.slice(0, 2) + digits.slice(4); // 12 / 2031, filled in by a browser
  digits = digits.slice(0, 4);
  if (digits.length > 2) return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
  return digits.length === 2 && typing ? `${digits} / ` : digits;
}

const error = (code, message) => ({type: "validation_error", code, message});

export function numberError(digits) {
  const known = brandOf(digits) ? lengthOf(digits) : 12;
  if (digits.length < known) return error("incomplete_number", "Your card number is incomplete.");
  return passesLuhn(digits) ? null : error("invalid_number", "Your card number is invalid.");
}

export function expiryError(text, now) {
  const digits = digitsOf(text);
  if (digits.length < 4) return error("incomplete_expiry", "Your card's expiration date is incomplete.");
  const [month, year] = [Number(digits.slice(0, 2)), 2000 + Number(digits.slice(2))];
  if (month < 1 || month > 12) return error("invalid_expiry", "Your card's expiration date is invalid.");
  if (year < now.getFullYear()) {
    return error("invalid_expiry_year_past", "Your card's expiration year is in the past.");
  }
  if (year === now.getFullYear() && month <= now.getMonth()) {
    return error("invalid_expiry_month_past", "Your card's expiration date is in the past.");
  }
  return year > now.getFullYear() + 50
    ? error("invalid_expiry_year", "Your card's expiration year is invalid.") : null;
}

export function codeError(code, digits) {
  return code.length < codeLengthOf(digits)
    ? error("incomplete_cvc", "Your card's security code is incomplete.") : null;
}
