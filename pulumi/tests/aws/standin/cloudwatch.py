"""CloudWatch: log groups, metrics out of log lines, alarms, dashboards."""

from typing import Any

from standin.clients import Clients
from standin.kind import Kind, Put, pascal, picked
from standin.wire import Props


class LogGroup(Kind):
    """Its id is its name."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    takes = "name retentionInDays"
    replaced_by = named_by = "name"
    keeps = "retentionInDays"

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("logs").create_log_group(logGroupName=inputs["name"])
        self.update(aws, inputs["name"], {}, inputs)
        return str(inputs["name"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        listed = aws("logs").describe_log_groups(logGroupNamePrefix=id)["logGroups"]
        found = next((one for one in listed if one["logGroupName"] == id), None)
        if found is None:
            return None
        # The real provider's ARN has no ":*" at its end either, though AWS writes one.
        return {"arn": found["arn"].removesuffix(":*"), "name": id, "retentionInDays": found.get("retentionInDays", 0)}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        if "retentionInDays" in new:
            aws("logs").put_retention_policy(logGroupName=id, retentionInDays=new["retentionInDays"])

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("logs").delete_log_group(logGroupName=id)


class LogMetricFilter(Put):
    """Its id is its name, which is one in its log group."""

    TRANSFORMATION = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}

    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    takes = "logGroupName metricTransformation name pattern"
    replaced_by = "logGroupName name"
    named_by = "name"
    id_inputs = ("name",)

    def put(self, aws: Clients, inputs: Props) -> None:
        metric = inputs["metricTransformation"]
        aws("logs").put_metric_filter(
            logGroupName=inputs["logGroupName"],
            filterName=inputs["name"],
            filterPattern=inputs["pattern"],
            metricTransformations=[{theirs: metric[ours] for ours, theirs in self.TRANSFORMATION.items()}],
        )

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        group = inputs["logGroupName"]
        listed = aws("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=id)["metricFilters"]
        found = next((one for one in listed if one["filterName"] == id), None)
        if found is None:
            return None
        metric = found["metricTransformations"][0]
        return {
            "logGroupName": group,
            "metricTransformation": {ours: metric[theirs] for ours, theirs in self.TRANSFORMATION.items()},
            "name": id,
            "pattern": found["filterPattern"],
        }

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("logs").delete_metric_filter(logGroupName=inputs["logGroupName"], filterName=id)


class MetricAlarm(Put):
    """Its id is its name."""

    PLAIN = (
        "alarmActions", "alarmDescription", "comparisonOperator", "evaluationPeriods", "metricName", "namespace",
        "period", "statistic", "threshold", "treatMissingData",
    )  # fmt: skip

    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    takes = " ".join([*PLAIN, "dimensions metricQueries name okActions"])
    replaced_by = named_by = "name"
    id_inputs = ("name",)

    def put(self, aws: Clients, inputs: Props) -> None:
        parameters = {pascal(name): value for name, value in picked(inputs, *self.PLAIN).items()}
        if "dimensions" in inputs:
            parameters["Dimensions"] = _pairs(inputs["dimensions"])
        if "okActions" in inputs:
            parameters["OKActions"] = inputs["okActions"]
        if "metricQueries" in inputs:
            parameters["Metrics"] = [_query(one) for one in inputs["metricQueries"]]
        aws("cloudwatch").put_metric_alarm(AlarmName=inputs["name"], **parameters)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = next(iter(aws("cloudwatch").describe_alarms(AlarmNames=[id])["MetricAlarms"]), None)
        if found is None:
            return None
        # MiniStack forgets the queries of an alarm, and answers with the statistic it took instead; what is not told
        # is not reported as changed.
        told = {name: found[pascal(name)] for name in self.PLAIN if pascal(name) in found}
        dimensions = {one["Name"]: one["Value"] for one in found.get("Dimensions", [])}
        own = {"arn": found["AlarmArn"], "name": id, "okActions": found.get("OKActions", [])}
        return {**told, **own, "dimensions": dimensions}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("cloudwatch").delete_alarms(AlarmNames=[id])


class Dashboard(Put):
    """Its id is its name."""

    token = "aws:cloudwatch/dashboard:Dashboard"
    takes = "dashboardBody dashboardName"
    replaced_by = "dashboardName"
    id_inputs = ("dashboardName",)

    def put(self, aws: Clients, inputs: Props) -> None:
        client = aws("cloudwatch")
        client.put_dashboard(DashboardName=inputs["dashboardName"], DashboardBody=inputs["dashboardBody"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("cloudwatch").get_dashboard(DashboardName=id)
        return {"dashboardArn": found["DashboardArn"], "dashboardBody": found["DashboardBody"], "dashboardName": id}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("cloudwatch").delete_dashboards(DashboardNames=[id])


KINDS = [LogGroup, LogMetricFilter, MetricAlarm, Dashboard]


def _pairs(dimensions: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _query(query: Props) -> Props:
    sent = {pascal(name): query[name] for name in ("id", "expression", "label", "returnData") if name in query}
    if "metric" in query:
        metric = query["metric"]
        measured = {pascal(name): metric[name] for name in ("metricName", "namespace")}
        measured["Dimensions"] = _pairs(metric.get("dimensions") or {})
        sent["MetricStat"] = {"Metric": measured, "Period": metric["period"], "Stat": metric["stat"]}
    return sent
