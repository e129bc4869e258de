// Point KubeContainerWaiting of kubernetes-mixin at Pullbook; every other alert keeps its link.
// Import this after the mixin: (import 'mixin.libsonnet') + (import 'kubernetes-mixin.libsonnet')
local pullbook = 'https://pullbook.example.com';
local link = pullbook + '/go?reason={{ $labels.reason | urlquery }}&ns={{ $labels.namespace | urlquery }}&pod={{ $labels.pod | urlquery }}&container={{ $labels.container | urlquery }}';

{
  prometheusAlerts+:: {
    groups: [
      group {
        rules: [
          if std.objectHas(rule, 'alert') && rule.alert == 'KubeContainerWaiting'
          then rule { annotations+: { runbook_url: link } }
          else rule
          for rule in group.rules
        ],
      }
      for group in super.groups
    ],
  },
}
