import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

// What only the rooms of the wire may touch: a view that talks to the network could not be tested without one.
const network = [
  { group: ["socket.io-client"], message: "Only src/hub/ talks to the hub." },
  { group: ["**/hub/socket", "**/hub/rest"], message: "Views ask through src/hub/hub.ts and its hooks." },
];

export default typescript.config(
  { ignores: ["dist/", "node_modules/"] },
  js.configs.recommended,
  ...typescript.configs.strictTypeChecked,
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-properties": [
        "error",
        { property: "dangerouslySetInnerHTML", message: "People's text is never HTML." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "People's text is never HTML." },
        {
          selector: "AssignmentExpression > MemberExpression[property.name=/^(inner|outer)HTML$/]",
          message: "People's text is never HTML.",
        },
      ],
      eqeqeq: "error",
    },
  },
  {
    files: ["src/{buyer,console,demo,talk,ui}/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: network }],
      "no-restricted-globals": ["error", { name: "fetch", message: "Only src/hub/ talks to the hub." }],
    },
  },
  { files: ["*.js"], ...typescript.configs.disableTypeChecked },
);
