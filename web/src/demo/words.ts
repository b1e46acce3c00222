import { commonEn, commonZh } from "../i18n/common";

export const zh = {
  ...commonZh,
  demo: {
    title: "{{shop}} · 演示",
    about: "这是本机上的演示店铺。选一个身份，一键进入；可以同时开几个标签页，自己和自己聊。",
    buyer: "当买家",
    buyerSays: "像在购物应用里一样提问，看自动回复和转人工",
    as: "当{{role}}：{{name}}",
    staffSays: "登录名 {{login}}，密码 {{password}}",
    failed: "演示进不去：{{message}}",
  },
};

export const en: typeof zh = {
  ...commonEn,
  demo: {
    title: "{{shop}} · demo",
    about: "A demo shop on this machine. Choose who to be; open several tabs to talk to yourself.",
    buyer: "Be a buyer",
    buyerSays: "Ask as in a shopping app: rules answer, or a person does",
    as: "Be the {{role}}: {{name}}",
    staffSays: "login {{login}}, password {{password}}",
    failed: "The demo cannot be entered: {{message}}",
  },
};
