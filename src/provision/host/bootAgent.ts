/** The part of the boot script that has the volume measured: EC2 itself does not see how full a disk is. */
import type { HostSettings } from './settings.js';

/** Without a profile the agent may not send what it measures (policy CloudWatchAgentServerPolicy). */
export function isDiskMeasured({ alarms, instance }: HostSettings): boolean {
  return alarms !== undefined && instance.profile !== undefined;
}

/**
 * Installs the CloudWatch agent (CloudWatch User Guide, "Installing the CloudWatch agent"), for one metric with the one
 * dimension that the alarm asks for. A server without it serves all the same.
 */
export function writeMeasuring(host: HostSettings): string {
  if (!isDiskMeasured(host)) return '';
  const config = {
    agent: { metrics_collection_interval: 60 },
    metrics: {
      append_dimensions: { InstanceId: '${aws:InstanceId}' },
      aggregation_dimensions: [['InstanceId']],
      metrics_collected: {
        disk: { measurement: ['used_percent'], resources: [host.volume.mount], drop_device: true },
      },
    },
  };
  return `measure_disk() {
  local agent=/opt/aws/amazon-cloudwatch-agent package=/tmp/amazon-cloudwatch-agent.deb
  if command -v apt-get >/dev/null; then
    apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends ca-certificates curl &&
      curl -fsS --retry 3 -o "$package" "https://amazoncloudwatch-agent.s3.amazonaws.com/debian/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb" &&
      dpkg -i "$package" || return 1
  else
    dnf install -y -q amazon-cloudwatch-agent || return 1
  fi
  cat >"$agent/etc/twinorigin.json" <<'CONF' || return 1
${JSON.stringify(config)}
CONF
  "$agent/bin/amazon-cloudwatch-agent-ctl" -a fetch-config -m ec2 -s -c "file:$agent/etc/twinorigin.json"
}
measure_disk || echo "twinorigin: the CloudWatch agent could not be installed: nobody measures how full the volume is" >&2
`;
}
