/** Words that every page needs; each page adds its own. */
export const commonZh = {
  app: { name: "Weihub" },
  again: "再试一次",
  cancel: "取消",
  close: "关闭",
  back: "返回",
  /** Between a name and what it says, between clauses, between the members of a list. */
  colon: "：",
  comma: "，",
  list: "、",
  loading: "正在加载…",
  lost: "连接断开了，请检查网络后再试。",
  link: {
    connecting: "正在连接…",
    offline: "网络断开，正在重新连接。写下的消息会在连上后自动发出。",
    refused: "连接被拒绝：{{message}}",
  },
  taste: { language: "语言", theme: "外观", auto: "跟随系统", light: "浅色", dark: "深色", other: "English" },
  sign: { in: "登录", login: "登录名", password: "密码", out: "退出登录" },
  role: { owner: "掌柜", operator: "客服", moderator: "小组管理员" },
  media: { failed: "加载失败，点一下重试" },
};

export const commonEn: typeof commonZh = {
  app: { name: "Weihub" },
  again: "Try again",
  cancel: "Cancel",
  close: "Close",
  back: "Back",
  colon: ": ",
  comma: ", ",
  list: ", ",
  loading: "Loading…",
  lost: "The connection was lost. Check the network and try again.",
  link: {
    connecting: "Connecting…",
    offline: "The connection is lost; coming back. What you write is sent as soon as it returns.",
    refused: "The hub refused the connection: {{message}}",
  },
  taste: {
    language: "Language",
    theme: "Appearance",
    auto: "As the system",
    light: "Light",
    dark: "Dark",
    other: "中文",
  },
  sign: { in: "Sign in", login: "Login", password: "Password", out: "Sign out" },
  role: { owner: "Owner", operator: "Operator", moderator: "Moderator" },
  media: { failed: "Could not be loaded; tap to try again" },
};
