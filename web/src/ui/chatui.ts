/**
 * The parts of ChatUI that the chat is made of, from their own modules: the front of the package brings polyfills and all the
 * rest along. Its style sheet stays away (it loads fonts from elsewhere, which the policy of the documents forbids); how the
 * parts look is told in talk/talk.css.
 */
export { Bubble } from "@chatui/core/es/components/Bubble";
export { Card, CardActions, CardContent, CardText, CardTitle } from "@chatui/core/es/components/Card";
