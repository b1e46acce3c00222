import { commonEn, commonZh } from "../i18n/common";

export const zh = {
  ...commonZh,
  console: {
    title: "Weihub 工作台",
    works: "你在这些账号工作：",
    none: "还没有账号请你工作。让掌柜用你的登录名添加你。",
  },
};

export const en: typeof zh = {
  ...commonEn,
  console: {
    title: "Weihub console",
    works: "You work for:",
    none: "No account has hired you yet. Ask an owner to add your login.",
  },
};
