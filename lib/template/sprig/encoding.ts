import { type FunctionContext, FunctionError } from "../value";
import { decodeBase32, decodeBase64, decodedOrMessage, encodeBase32, encodeBase64 } from "./base-encoding";
import { type Family, fixed, type SprigFunction } from "./definition";
import { encodeJson, JsonError } from "./json-encoder";
import { decodeJson } from "./json-decoder";

/** Base 32 and 64, and JSON as Go's encoder writes it. */
export const encoding: Family = {
  b64enc: fixed(["string"], "string", (text, context) => {
    context.reserve(Math.ceil(text.length / 3) * 4);
    return encodeBase64(text);
  }),
  b64dec: fixed(["string"], "string", text => decodedOrMessage(decodeBase64, text)),
  b32enc: fixed(["string"], "string", (text, context) => {
    context.reserve(Math.ceil(text.length / 5) * 8);
    return encodeBase32(text);
  }),
  b32dec: fixed(["string"], "string", text => decodedOrMessage(decodeBase32, text)),

  toJson: lenient({ escapeHtml: true, pretty: false }),
  mustToJson: strict({ escapeHtml: true, pretty: false }),
  toPrettyJson: lenient({ escapeHtml: true, pretty: true }),
  mustToPrettyJson: strict({ escapeHtml: true, pretty: true }),
  toRawJson: strict({ escapeHtml: false, pretty: false }),
  mustToRawJson: strict({ escapeHtml: false, pretty: false }),
  fromJson: fixed(["string"], "interface {}", text => decodeJson(text).value),
  mustFromJson: fixed(["string"], "interface {}", text => {
    const { value, problem } = decodeJson(text);
    if (problem !== undefined) throw new FunctionError(problem);
    return value;
  }),
};

interface Form {
  readonly escapeHtml: boolean;
  readonly pretty: boolean;
}

function strict(form: Form): SprigFunction {
  return fixed(["any"], "string", (value, context) => encodeJson(value, form, context));
}

/** Sprig gives an empty text for what cannot be encoded. */
function lenient(form: Form): SprigFunction {
  return fixed(["any"], "string", (value, context: FunctionContext) => {
    try {
      return encodeJson(value, form, context);
    } catch (error) {
      if (error instanceof JsonError) return "";
      throw error;
    }
  });
}
